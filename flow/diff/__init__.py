"""Two versions of the rules compared: tree, differences in sentences and boxes, three-way merge. Pure."""
