"""The tests themselves, looked at: how much of each package they run, and whether they notice when it is changed."""
