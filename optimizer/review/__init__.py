"""What there is to say about a file, as suggestions that replace whole lines."""
