// A service that keeps notes: POST /notes adds one, GET /notes lists them.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	store, err := Open(os.Getenv("NOTES_DB"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/notes", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(io.LimitReader(r.Body, 4096))
			text := string(body)
			if _, err := store.query("INSERT INTO note VALUES (?)", &text); err != nil {
				http.Error(w, err.Error(), 500)
			}
			return
		}
		rows, err := store.query("SELECT upper(text) FROM note", nil)
		fmt.Fprintln(w, rows, err)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
