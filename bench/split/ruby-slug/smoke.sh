ruby main.rb titles.txt
slug What Now
