"""An order as it was sold, and what of its goods, money and freight can still go back."""
