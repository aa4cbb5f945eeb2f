package github

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// Step is what a step of a workflow knows of itself, out of its environment.
type Step struct {
	// Server is the address of the web pages, API that of the REST API.
	Server, API string
	// Repository is "owner/name", SHA the commit that is checked out.
	Repository, SHA string
	Token           string
	// Run is the address of this run's page.
	Run string
	// Output and Summary are the files that take outputs and the summary;
	// empty outside Actions.
	Output, Summary string
	// Pull is the pull request that the run belongs to, nil for other events.
	Pull *Pull
}

// Pull is a pull request.
type Pull struct {
	Number int
	// Head is the last commit of its branch. A step checks out a merge of it,
	// which the pages of the pull request do not know.
	Head string
	// Fork says that it comes from another repository: the run has no secrets,
	// and its token can only read.
	Fork bool
}

// ReadStep reads the environment of a step, and the event that started it.
func ReadStep(getenv func(string) string) (Step, error) {
	s := Step{
		Server: orDefault(getenv("GITHUB_SERVER_URL"), "https://github.com"), API: orDefault(getenv("GITHUB_API_URL"), "https://api.github.com"),
		Repository: getenv("GITHUB_REPOSITORY"), SHA: getenv("GITHUB_SHA"), Token: getenv("GITHUB_TOKEN"),
		Output: getenv("GITHUB_OUTPUT"), Summary: getenv("GITHUB_STEP_SUMMARY"),
	}
	if id := getenv("GITHUB_RUN_ID"); id != "" && s.Repository != "" {
		s.Run = s.Server + "/" + s.Repository + "/actions/runs/" + url.PathEscape(id)
	}
	file := getenv("GITHUB_EVENT_PATH")
	if file == "" {
		return s, nil
	}
	var err error
	s.Pull, err = readPull(file)
	return s, err
}

func orDefault(s, or string) string {
	if s == "" {
		return or
	}
	return strings.TrimSuffix(s, "/")
}

// readPull finds the pull request in the event that started the run.
func readPull(file string) (*Pull, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("GITHUB_EVENT_PATH: %w", err)
	}
	var event struct {
		PullRequest *struct {
			Number int `json:"number"`
			Head   struct {
				SHA  string `json:"sha"`
				Repo *struct {
					FullName string `json:"full_name"`
				} `json:"repo"`
			} `json:"head"`
			Base struct {
				Repo struct {
					FullName string `json:"full_name"`
				} `json:"repo"`
			} `json:"base"`
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		return nil, fmt.Errorf("%s: not the event of a workflow: %w", file, err)
	}
	pr := event.PullRequest
	if pr == nil || pr.Number == 0 {
		return nil, nil
	}
	// A fork that was deleted has no repository any more.
	fork := pr.Head.Repo == nil || pr.Head.Repo.FullName != pr.Base.Repo.FullName
	return &Pull{Number: pr.Number, Head: pr.Head.SHA, Fork: fork}, nil
}

// Output is a value for later steps.
type Output struct{ Name, Value string }

// WriteOutputs appends values to a step's output file; nothing where there is
// none. A value may have several lines and cannot end its own entry.
func WriteOutputs(file string, list []Output) error {
	var b strings.Builder
	for _, o := range list {
		end := "end-" + rand.Text()
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.Name, end, o.Value, end)
	}
	return appendTo(file, b.String())
}

// summaryLimit is what GitHub takes as the summary of one step, in bytes; more
// makes it drop the whole.
const summaryLimit = 1 << 20

// WriteSummary appends Markdown to a step's summary.
func WriteSummary(file, markdown string) error {
	if len(markdown) > summaryLimit {
		return fmt.Errorf("the summary has %d bytes, GitHub takes %d", len(markdown), summaryLimit)
	}
	return appendTo(file, markdown)
}

func appendTo(file, text string) error {
	if file == "" || text == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
