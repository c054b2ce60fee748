"""A case played through on one phone: by the very decisions of the engine, and without a row of the business."""
