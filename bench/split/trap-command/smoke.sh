sh -c "$CMD"
