"""A change on its way: drafted, proposed, released by a second person, rolled back."""
