package main

/*
#cgo LDFLAGS: -lsqlite3
#include <sqlite3.h>
#include <stdlib.h>

static int bind(sqlite3_stmt *s, char *t) { return sqlite3_bind_text(s, 1, t, -1, SQLITE_TRANSIENT); }
*/
import "C"

import (
	"errors"
	"sync"
	"unsafe"
)

// Store keeps notes in a file of SQLite.
type Store struct {
	db   *C.sqlite3
	lock sync.Mutex
}

// Open opens or makes the file at path.
func Open(path string) (*Store, error) {
	store := &Store{}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.sqlite3_open(name, &store.db) != C.SQLITE_OK {
		return nil, errors.New(C.GoString(C.sqlite3_errmsg(store.db)))
	}
	_, err := store.query("CREATE TABLE IF NOT EXISTS note (text TEXT)", nil)
	return store, err
}

func (store *Store) query(text string, value *string) ([]string, error) {
	store.lock.Lock()
	defer store.lock.Unlock()
	query := C.CString(text)
	defer C.free(unsafe.Pointer(query))
	var statement *C.sqlite3_stmt
	if C.sqlite3_prepare_v2(store.db, query, -1, &statement, nil) != C.SQLITE_OK {
		return nil, errors.New(C.GoString(C.sqlite3_errmsg(store.db)))
	}
	defer C.sqlite3_finalize(statement)
	if value != nil {
		bound := C.CString(*value)
		defer C.free(unsafe.Pointer(bound))
		C.bind(statement, bound)
	}
	var rows []string
	for C.sqlite3_step(statement) == C.SQLITE_ROW {
		rows = append(rows, C.GoString((*C.char)(unsafe.Pointer(C.sqlite3_column_text(statement, 0)))))
	}
	return rows, nil
}
