package sandbox

import (
	"net/http"
	"strings"
)

// route is one call of the API and the versions that have it.
type route struct {
	method, pattern string
	min, max        version // 0: no bound
	handle          func(*call) (any, error)
}

func (rt *route) serves(v version) bool { return v >= rt.min && (rt.max == 0 || v <= rt.max) }

// routes lists the calls by intercom-api.md section 2 and 3; a fixed segment
// comes before a {variable} in the same place.
func routes() []route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []route{
		{get, "/me", 0, 0, (*call).getMe},
		{get, "/admins", 0, 0, (*call).listAdmins},
		{get, "/admins/{id}", 0, 0, (*call).getAdmin},

		{get, "/help_center/help_centers", 0, 0, (*call).listHelpCenters},
		{get, "/help_center/help_centers/{id}", 0, 0, (*call).getHelpCenter},
		{get, "/help_center/help_centers/{hc}/redirects", v16, 0, (*call).listRedirects},
		{post, "/help_center/help_centers/{hc}/redirects", v16, 0, (*call).createRedirect},
		{get, "/help_center/help_centers/{hc}/redirects/{id}", v16, 0, (*call).getRedirect},
		{del, "/help_center/help_centers/{hc}/redirects/{id}", v16, 0, (*call).deleteRedirect},

		{get, "/help_center/collections", 0, 0, (*call).listCollections},
		{post, "/help_center/collections", 0, 0, (*call).createCollection},
		{get, "/help_center/collections/{id}", 0, 0, (*call).getCollection},
		{put, "/help_center/collections/{id}", 0, 0, (*call).updateCollection},
		{del, "/help_center/collections/{id}", 0, 0, (*call).deleteCollection},

		{get, "/help_center/sections", 0, v9, (*call).listSections},
		{post, "/help_center/sections", 0, v9, (*call).createSection},
		{get, "/help_center/sections/{id}", 0, v9, (*call).getSection},
		{put, "/help_center/sections/{id}", 0, v9, (*call).updateSection},
		{del, "/help_center/sections/{id}", 0, v9, (*call).deleteSection},

		{get, "/articles", 0, 0, (*call).listArticles},
		{post, "/articles", 0, 0, (*call).createArticle},
		{get, "/articles/search", v10, 0, (*call).searchArticles},
		{get, "/articles/{id}", 0, 0, (*call).getArticle},
		{put, "/articles/{id}", 0, 0, (*call).updateArticle},
		{del, "/articles/{id}", 0, 0, (*call).deleteArticle},
		{get, "/articles/{id}/draft", v16, 0, (*call).getDraft},
		{put, "/articles/{id}/draft", v16, 0, (*call).stageDraft},
		{post, "/articles/{id}/draft/publish", v16, 0, (*call).publishDraft},
		{get, "/articles/{id}/versions", v16, 0, (*call).listVersions},
		{get, "/articles/{id}/versions/{version}", v16, 0, (*call).getVersion},
		{post, "/articles/{id}/tags", v16, 0, (*call).addTag},
		{del, "/articles/{id}/tags/{tag}", v16, 0, (*call).removeTag},

		{get, "/tags", 0, 0, (*call).listTags},
		{post, "/tags", 0, 0, (*call).createTag},
	}
}

// findRoute gives nil for a path, or a method on it, that the API has not: the
// real one answers 404 to both (intercom-api.md section 9, 21).
func findRoute(method, path string) (*route, map[string]string) {
	for _, rt := range routes() {
		if vars, ok := match(rt.pattern, path); ok && rt.method == method {
			return &rt, vars
		}
	}
	return nil, nil
}

func match(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(want) != len(have) {
		return nil, false
	}
	vars := map[string]string{}
	for i, segment := range want {
		if name, ok := strings.CutPrefix(segment, "{"); ok && have[i] != "" {
			vars[strings.TrimSuffix(name, "}")] = have[i]
		} else if segment != have[i] {
			return nil, false
		}
	}
	return vars, true
}
