"""A week of a big shop: two replicas, one of them killed each hour, whatever goes wrong around them, and the count."""
