// Gate answers whether a word is known.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"

	"example.org/gate/internal/words"
)

func main() {
	listen := flag.String("listen", ":8080", "address")
	check := flag.Bool("check", false, "ask the gate that runs here")
	folder := flag.String("words", "/var/lib/gate/dictionaries", "folder of dictionaries")
	flag.Parse()
	if *check {
		if answer, err := http.Get("http://localhost:8080/"); err != nil || answer.StatusCode != 200 {
			os.Exit(1)
		}
		return
	}
	known, err := words.Read(*folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if flag.NArg() > 0 {
		for _, word := range flag.Args() {
			fmt.Println(word, known.Has(word))
		}
		return
	}
	http.HandleFunc("/", func(out http.ResponseWriter, request *http.Request) {
		fmt.Fprintln(out, known.Has(request.URL.Query().Get("word")))
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(*listen, nil))
	os.Exit(1)
}
