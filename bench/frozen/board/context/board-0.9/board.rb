# Serves the posts, one a file.
require 'socket'
require 'yaml'
require 'slate'

root = ENV.fetch('BOARD_ROOT')
config = YAML.load_file(File.join(root, 'config', 'board.yml'))
page = Slate.page(config['title'], Dir[File.join(root, 'posts', '*.txt')].sort.map { |path| File.read(path) })
server = TCPServer.new('0.0.0.0', config['port'])
loop do
  client = server.accept
  client.gets
  client.write("HTTP/1.1 200 OK\r\nContent-Length: #{page.bytesize}\r\nConnection: close\r\n\r\n#{page}")
  client.close
end
