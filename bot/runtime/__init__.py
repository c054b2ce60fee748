"""The process itself: clock, log, call meter, supervision."""
