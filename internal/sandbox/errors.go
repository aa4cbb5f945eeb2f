package sandbox

import (
	"fmt"
	"net/http"
)

// apiError is an answer other than 200, in the API's own words
// (intercom-api.md 1.5).
type apiError struct {
	status  int
	code    string
	message string
	field   string
}

// Error names the status, the code and the message, for logs.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message) }

func invalid(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "parameter_invalid", fmt.Sprintf(format, args...), ""}
}

func invalidField(field, message string) error {
	return &apiError{http.StatusBadRequest, "parameter_invalid", message, field}
}

func missing(message string) error {
	return &apiError{http.StatusBadRequest, "parameter_not_found", message, ""}
}

func mistyped(name, want string) error {
	return &apiError{http.StatusBadRequest, "type_mismatch", name + " must be " + want, name}
}

func notFound() error {
	return &apiError{http.StatusNotFound, "not_found", "Resource Not Found", ""}
}

func unprocessable(code, message string) error {
	return &apiError{http.StatusUnprocessableEntity, code, message, ""}
}

type wireError struct {
	Type      string          `json:"type"`
	RequestID string          `json:"request_id"`
	Errors    []wireErrorItem `json:"errors"`
}

type wireErrorItem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

func (e *apiError) wire(requestID string) wireError {
	return wireError{"error.list", requestID, []wireErrorItem{{e.code, e.message, e.field}}}
}
