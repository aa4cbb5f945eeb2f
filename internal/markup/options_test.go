package markup_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hcsync/hcsync/internal/markup"
)

// toFile and toWeb are such options as the content tree makes: articles and
// images by relative path in Markdown, by address in HTML.
func toFile() markup.Options {
	return markup.Options{
		Link:  func(s string) string { return strings.Replace(s, "https://help.example.com/articles/", "../", 1) },
		Image: func(s string) string { return strings.Replace(s, "https://cdn.example.com/", "images/", 1) },
	}
}

func toWeb() markup.Options {
	return markup.Options{
		Link:  func(s string) string { return strings.Replace(s, "../", "https://help.example.com/articles/", 1) },
		Image: func(s string) string { return strings.Replace(s, "images/", "https://cdn.example.com/", 1) },
	}
}

const (
	localMD = "[a](../1.md) ![b](images/c.png) <a>none</a>\n\n<p align=\"center\"><a href=\"../2.md\"><img src=\"images/d.png\"></a></p>\n\n<div class=\"x\"><a href=\"../3.md\">y</a></div>\n\n- z\n"
	webHTML = `<p class="no-margin"><a href="https://help.example.com/articles/1.md" target="_blank" class="intercom-content-link">a</a> <img src="https://cdn.example.com/c.png" alt="b"> <a target="_blank" class="intercom-content-link">none</a></p>` +
		`<div class="intercom-container intercom-align-center"><a href="https://help.example.com/articles/2.md" target="_blank"><img src="https://cdn.example.com/d.png"></a></div>` +
		`<div class="x"><a href="https://help.example.com/articles/3.md" target="_blank" class="intercom-content-link">y</a></div><ul><li><p class="no-margin">z</p></li></ul>`
)

func TestOptions(t *testing.T) {
	if diff := cmp.Diff(webHTML, markup.Render(localMD, toWeb())); diff != "" {
		t.Errorf("Render (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(localMD, markup.Markdown(webHTML, toFile())+"\n"); diff != "" {
		t.Errorf("Markdown (-want +got):\n%s", diff)
	}
	changed := strings.Replace(webHTML, ">z<", ">zz<", 1)
	if diff := cmp.Diff(strings.Replace(localMD, "- z", "- zz", 1), markup.PatchMarkdown(localMD, webHTML, changed, toFile())); diff != "" {
		t.Errorf("PatchMarkdown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(changed, markup.PatchHTML(localMD, webHTML, strings.Replace(localMD, "- z", "- zz", 1), toWeb())); diff != "" {
		t.Errorf("PatchHTML (-want +got):\n%s", diff)
	}
}

// TestOptionsThatCollide: two addresses never become one, whatever the option
// says.
func TestOptionsThatCollide(t *testing.T) {
	body := `<p class="no-margin"><a href="x">a</a> <a href="y">b</a></p>`
	md := markup.Markdown(body, markup.Options{Link: func(string) string { return "same.md" }})
	if want := "[a](same.md) [b](y)"; md != want {
		t.Errorf("got %q, want %q", md, want)
	}
}

// TestConcurrent converts on several goroutines at once, as pull does.
func TestConcurrent(t *testing.T) {
	want := markup.Markdown(held, markup.Options{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				if got := markup.Markdown(held, markup.Options{}); got != want {
					t.Error("another result")
				}
			}
		})
	}
	group.Wait()
}
