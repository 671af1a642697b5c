./badge
