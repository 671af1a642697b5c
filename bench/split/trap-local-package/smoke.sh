light
