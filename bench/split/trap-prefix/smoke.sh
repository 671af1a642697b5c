press
