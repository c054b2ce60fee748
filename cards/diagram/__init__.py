"""A flow as a picture: layers, rows, routes, drawing."""
