app | sort
