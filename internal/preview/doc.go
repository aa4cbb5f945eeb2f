// Package preview shows a content tree as a help center in the browser, while
// it is being written.
//
// [Server.Show] takes what the files say and makes a site of it, a value that
// never changes; a request is answered from the newest one. What cannot be read
// at the moment keeps the text that it had when it could, and says so. Every
// page listens to /events and fetches itself anew when there is another site,
// so the page that is made for the first look and the one after an edit are the
// same.
//
//	site.go      the files as folders, articles and what is missing
//	page.go      what each kind of page shows; templates/ says how
//	body.go      an article's text: the HTML that a push sends, then dress.go
//	             for what a page needs, then policy.go for what it may hold
//	search.go    titles and texts, found on this side
//	problems.go  what there is to say of the files
//	compare.go   how each object stands, by the plan that it was given;
//	             changes.go shows the difference, overview.go lists them
//	server.go    addresses, answers, events; guard.go refuses what must not be
//
// # Hostile texts
//
// A body may hold anything: it was pulled from somewhere. It is sanitised by a
// library that knows HTML as browsers do, as the last step, with a list of what
// may stay. Behind that stands a Content-Security-Policy that runs no script
// and applies no style but those with the answer's own nonce, so styles of a
// body become classes in a style sheet that is written from checked values
// (dress.go). Pictures come out of the tree through an os.Root, by their type,
// never as a page.
package preview
