# Lays out pages.
module Slate
  WORDS = File.expand_path('../data/words.csv', __dir__)

  # A page of HTML with +title+ and +parts+.
  def self.page(title, parts)
    "<h1>#{title}</h1>\n" + parts.map { |part| "<p>#{part.strip}</p>\n" }.join + "<small>#{words} words</small>\n"
  end

  # How many words are known.
  def self.words
    File.foreach(WORDS).count
  end
end
