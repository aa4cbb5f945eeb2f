// Package browser looks at the preview as writers do: in a real browser. It is
// tests only.
//
// `hcsync watch` serves a tree of files, and Debian's chromium, without a window
// and with a profile of its own, opens it. Nothing leaves the machine: the
// browser resolves no name. Without chromium the tests skip and say so, and so
// does the check by axe-core where `npm ci` was not run in testdata/node.
//
//	browser_test.go  the browser, its tabs, and the preview that they open
//	reading_test.go  pages, languages, search, colours, phone, keyboard, no scripts
//	compared_test.go badges, the tab Changes, pushes
//	live_test.go     what an open page does while files change
//	hostile_test.go  texts and requests that mean harm
//	access_test.go   what axe-core says of every kind of page
//	shots_test.go    the pictures of the docs
//
// The pictures are taken of this project's own content:
//
//	go test ./internal/browser -run TestShots -screenshots DIR
package browser
