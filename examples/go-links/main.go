// go-links sends short names to long addresses, from a file of lines "name address".
package main

import (
	"bufio"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

func load(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	links := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) == 2 {
			links[words[0]] = words[1]
		}
	}
	return links, lines.Err()
}

func main() {
	links, err := load(os.Getenv("LINKS"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if address, ok := links[strings.Trim(r.URL.Path, "/")]; ok {
			http.Redirect(w, r, address, http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, "no such link")
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
