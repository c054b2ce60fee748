"""The outside world on loopback: both chat platforms, a shop, an SMS gateway, and the page that shows the phones."""
