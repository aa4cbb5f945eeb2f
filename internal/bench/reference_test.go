package bench

import (
	"crypto/sha1" //nolint:gosec // git's object ids, not a secret
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/hcsync/hcsync/internal/markup"
)

// read is the least that a plan has to do: read every file and give it git's
// blob id, and decode the lists, into structs of what is needed and no more.
func read(dir, url string) error {
	err := filepath.WalkDir(filepath.Join(dir, "content"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		h := sha1.New() //nolint:gosec // as above
		fmt.Fprintf(h, "blob %d\x00", len(data))
		h.Write(data)
		_ = hex.EncodeToString(h.Sum(nil))
		return err
	})
	if err != nil {
		return err
	}
	for _, list := range []string{"/help_center/collections", "/articles"} {
		if err := decode(url + list); err != nil {
			return err
		}
	}
	return nil
}

// item is what a plan needs of an article or a collection.
type item struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Parents    []int  `json:"parent_ids"`
	Default    string `json:"default_locale"`
	Translated texts  `json:"translated_content"`
	text
}

// texts are the locales of translated_content, whose key "type" is none.
type texts struct {
	Fr text `json:"fr"`
	Pt text `json:"pt-BR"`
}

func decode(list string) error {
	var items []item
	for page, pages := 1, 1; page <= pages; page++ {
		resp, err := http.Get(fmt.Sprintf("%s?page=%d&per_page=150", list, page))
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		var got struct {
			Pages struct {
				Total int `json:"total_pages"`
			} `json:"pages"`
			Data []item `json:"data"`
		}
		if err := json.Unmarshal(body, &got); err != nil {
			return err
		}
		pages, items = got.Pages.Total, append(items, got.Data...)
	}
	runtime.KeepAlive(items)
	return nil
}

// bodies gives all bodies of the help center.
func (w workspace) bodies() []string {
	var list []string
	for n := range w.articles {
		for _, l := range locales {
			list = append(list, strings.ReplaceAll(w.body(n, l), signed, "1700000000"))
		}
	}
	return list
}

// convert makes Markdown of all bodies, with its proof, on all processors.
func convert(bodies []string) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, b := range bodies {
		g.Go(func() error {
			markup.Markdown(b, markup.Options{})
			return nil
		})
	}
	g.Wait()
}
