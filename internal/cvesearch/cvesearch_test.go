package cvesearch

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"misp-csirt-tooling/internal/outbound"
)

func TestPage(t *testing.T) {
	answers := map[string]string{
		"/api/vulnerability/search/example/a%20tool?page=2&per_page=100": `{"results":{"cvelistv5":[["cve-1",{"title":"one"}],["cve-2"],["cve-3",null],
			["cve-4",{"title":[]}],["cve-5",{"title":"five"},{}],[],["cve-6",{"title":"six"}]],"nvd":[["cve-7",{"title":"seven"}]]},"total_count":201}`,
		"/api/vulnerability/search/example/a%20tool?page=3&per_page=100": `{"results":{},"total_count":201}`,
		"/api/vulnerability/search/example/list?page=1&per_page=100":     `[]`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.EscapedPath()+"?"+r.URL.RawQuery]
		if !ok {
			http.NotFound(w, r)
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer server.Close()
	api, err := outbound.NewAPI(outbound.APIConfig{Base: server.URL + "/api/", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		product string
		page    int
		titles  []string
		more    bool
		fails   bool
	}{
		{"a tool", 2, []string{"one", "six"}, true, false},
		{"a tool", 3, nil, false, false},
		{"list", 1, nil, false, true},
		{"unknown", 1, nil, false, true},
	} {
		records, more, err := Page[struct{ Title string }](t.Context(), api, "example", tt.product, tt.page)
		var titles []string
		for _, r := range records {
			titles = append(titles, r.Title)
		}
		if !slices.Equal(titles, tt.titles) || more != tt.more || (err != nil) != tt.fails {
			t.Errorf("%s, page %d: %q, more %v, %v", tt.product, tt.page, titles, more, err)
		}
	}
}
