mixer
