// Package sandbox emulates the part of Intercom's REST API that a help center
// needs, over HTTP and with a state of its own. A newcomer works with it before
// there is an account, and every test that talks to "Intercom" talks to it.
//
// What it does follows intercom-api.md: the calls and their fields by API
// version, the partial updates, the drafts that wait to be published, and above
// all what the server makes of the HTML that it is sent. Where reports about the
// real server disagree, a switch chooses. It shares no type with the client, so
// that a mistake in one is not repeated in the other.
//
//	s, err := sandbox.Open(sandbox.Options{Dir: ".hcsync/sandbox"})
//	url, wait, err := s.Listen(ctx, "127.0.0.1:0")
//
// A test says [NewTest] and has both, in memory, until it ends. Every bearer
// token that is not empty is good, and belongs to one teammate.
//
// # What is emulated
//
// /me, /admins, /help_center/help_centers with redirects,
// /help_center/collections, /help_center/sections up to 2.9, /articles with
// search, drafts, versions and tags, and /tags. Anything else is a 404, as are
// calls that the request's Intercom-Version has not. Without that header a
// request is answered as 2.14.
//
// Not emulated: audiences (there are none), internal articles, folders, brands,
// snippets and the bulk calls. Images are not fetched; an address that is not
// public, or whose host ends in .invalid, counts as one that cannot be. In
// body_markdown the common part of Markdown is understood, because the real
// dialect is not documented (intercom-api.md 6.5). What is scheduled is kept
// and answered, but does not happen by itself.
//
// # Bodies
//
// A body in the stored form, as one read from the API is, stays as it is, down
// to whitespace; so do all imported bodies. Any other is refused or rewritten by
// intercom-api.md 6.1 to 6.3. One rule needs saying: by default (heading_mode
// relative4) headings move up until the highest is an h1, and stop at h4, except
// in a body in which some heading has an id that the server made (h_ and ten hex
// digits). Those have their places, so help centers whose articles begin with h3
// keep them.
//
// # Switches
//
// [Switches.Set] takes them as key=value, PATCH /_sandbox/switches as a JSON
// object of strings. The first value is the default.
//
//	heading_mode       relative4, relative2 (stored ones too), h2 (all below h1), keep
//	nested_lists       accept, reject
//	callouts           keep, strip
//	details            keep, strip
//	spacers            off, on: blank paragraphs around headings and lists
//	image_failure      reject with 400, placeholder
//	sign_images        on, off: signed addresses in answers
//	delete_collection  detach what is inside, reject unless empty, delete-articles
//	tc_default_locale  omit, include: the default locale in translated_content
//	tc_missing         mix, absent, null, empty: locales that nobody has started
//	tc_bumps_root      off, on: a translation's edit changes the root updated_at
//	author_reassign    off, on: an update without author_id makes the token's teammate the author
//	departed_author    accept, reject: an author who has left, sent back unchanged
//	publish_pending    publish, keep: a pending draft when state published is sent
//	parent_null        ignore, detach, reject: parent_id null on an update
//	parent_drift       off, on: parent_id null beside parent_ids, up to 2.15
//	child_help_center  null, id: help_center_id of nested collections
//	collection_names   escaped, raw: HTML escapes in names of collections and tags
//	pages_next         string, object, null
//	max_per_page       250; more is clamped
//	draft_missing      error, empty: the body of the 404 of a draft that is not there
//	draft_422          list, message: the shape of a 422
//	read_only          off, on: writes are 403
//	rate_limit         1667/10s, any calls/window, off ([NewTest]: off)
//	latency            0s, any duration: before each answer
//	error_rate         0 to 1: the share of requests that get a 503
//	html_403_rate      0 to 1: the share that get a 403 page of HTML
//
// # Faults
//
// A [Fault] spoils the requests that match its method and path, after skip and
// for times of them. Kinds:
//
//	429             the rate limit's answer, with the window's headers; a test that
//	                would rather not wait sets rate_limit=9999/1s
//	503             service_unavailable
//	status          any error: status, code, message
//	html_403        a page from the load balancer, without the API's headers
//	captcha_405     a page from the edge
//	truncated_json  done, and half an answer
//	lost_answer     done, then silence for delay or until the client gives up
//	drop_before     the connection closes, nothing is done
//	drop_after      done, then the connection closes
//	late            the connection closes, and it is done after delay
//	stall           done, half an answer, then silence as with lost_answer
//	latency         delay, then all as usual
//	shift           the oldest article is edited first, and jumps to page one
//
// # Controls
//
// Calls under /_sandbox/ need no token, suffer no fault and are not recorded.
// What begins with ui- is what a teammate does in Intercom.
//
//	GET    /_sandbox/status
//	GET    /_sandbox/switches
//	PATCH  /_sandbox/switches                        {"heading_mode": "h2", …}
//	GET    /_sandbox/faults
//	POST   /_sandbox/faults                          a Fault: {"kind": "503", "method": "POST", "times": 1}
//	DELETE /_sandbox/faults
//	GET    /_sandbox/requests                        what the API was asked
//	DELETE /_sandbox/requests
//	GET    /_sandbox/export
//	POST   /_sandbox/import                          answers of the API
//	POST   /_sandbox/reset
//	POST   /_sandbox/articles                        as POST /articles, by a teammate
//	POST   /_sandbox/articles/{id}/ui-edit           a UIEdit: {"locale": "fr", "body": "…", "draft": true, "by": 78}
//	POST   /_sandbox/articles/{id}/ui-move           {"parent_ids": [1]}
//	POST   /_sandbox/articles/{id}/ui-delete
//	POST   /_sandbox/articles/{id}/ui-publish-draft
//	POST   /_sandbox/articles/{id}/ui-discard-draft  {"locale": "fr"}
//	POST   /_sandbox/articles/{id}/ui-delete-locale  {"locale": "fr"}
//	POST   /_sandbox/collections                     as POST /help_center/collections
//	POST   /_sandbox/collections/{id}/ui-edit        as PUT /help_center/collections/{id}
//	POST   /_sandbox/collections/{id}/ui-move        {"parent_id": "1"}
//	POST   /_sandbox/collections/{id}/ui-delete
//	PATCH  /_sandbox/help_centers/{id}               a UIHelpCenter: locales, default_locale, multilingual, url, …
//	POST   /_sandbox/admins                          {"name": "…", "email": "…"}
//	DELETE /_sandbox/admins/{id}                     a teammate leaves
//
// # Public pages
//
// What is published can be read at / and under each locale, such as
// /en/articles/15200001-install: as a help center without an address of its own
// says in every url that the API answers. Nothing that a body holds can run
// there.
//
// # State
//
// With [Options.Dir] every change is on disk, synced, before it is answered: a
// snapshot and a journal that survive any kill. One process has the folder at a
// time.
package sandbox
