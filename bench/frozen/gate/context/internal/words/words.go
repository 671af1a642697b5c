// Package words reads dictionaries: files of lines whose second field is a word.
package words

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// Set holds words.
type Set map[string]bool

// Has tells whether word is known.
func (set Set) Has(word string) bool { return set[word] }

// Read reads all dictionaries of a folder.
func Read(folder string) (Set, error) {
	set := Set{}
	paths, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if fields := strings.Split(lines.Text(), ","); len(fields) > 1 {
				set[fields[1]] = true
			}
		}
		file.Close()
	}
	return set, nil
}
