package markup

import "strings"

// undisplayableMark is the sentence that Intercom puts where a block of the editor has no
// HTML form.
const undisplayableMark = "Could not display content"

// Undisplayable reports a body in which Intercom left out a block that has no
// HTML form. Writing such a body back would put a sentence in place of the block.
func Undisplayable(body string) bool {
	return strings.Contains(body, ">"+undisplayableMark+"<")
}
