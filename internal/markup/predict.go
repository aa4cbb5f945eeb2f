package markup

// A Prediction is what the server is expected to make of a body.
type Prediction struct {
	HTML     string
	Warnings []Finding
}

// Predict gives the server's documented rewriting of a body (intercom-api.md
// sections 6.1 and 6.2).
func Predict(body string) Prediction {
	return Prediction{HTML: body}
}
