"""What is known of the world, as data: tools, commands, base images, ecosystems."""
