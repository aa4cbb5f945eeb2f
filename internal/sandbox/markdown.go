package sandbox

func toMarkdown(body string) string { return plainText(body) + "\n" }

func fromMarkdown(md string) string { return md }
