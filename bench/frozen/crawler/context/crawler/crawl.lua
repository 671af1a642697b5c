-- Counts the hosts of the corpora that no stop word bans.
package.cpath = "/usr/local/lib/spider/?.so;" .. package.cpath
local spider = require("spider")

if arg[1] == "--check" then
  os.exit(io.open("/opt/corpora/hosts.csv") ~= nil)
end
local banned = {}
for word in io.lines("/usr/local/share/spider/stopwords.txt") do
  banned[word] = true
end
local count = 0
for line in io.lines("/opt/corpora/hosts.csv") do
  if not banned[line:match("[^,]+$")] then
    count = count + 1
  end
end
local rules = 0
for _ in io.lines("/opt/rules/rules.txt") do
  rules = rules + 1
end
print(spider.version(), count, rules)
