package markup

// PatchMarkdown brings a change of the server's HTML into the Markdown.
func PatchMarkdown(baseMD, baseHTML, newHTML string, o Options) string {
	if Equal(baseHTML, newHTML) {
		return baseMD
	}
	return Markdown(newHTML, o)
}

// PatchHTML brings a change of the Markdown into the HTML that is sent.
func PatchHTML(baseMD, baseHTML, newMD string, o Options) string {
	if baseMD == newMD {
		return baseHTML
	}
	return Render(newMD, o)
}
