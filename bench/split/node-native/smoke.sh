npm start --silent
node -e "require('./build/Release/digest.node')" && echo healthy
