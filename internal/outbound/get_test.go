package outbound

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
)

// TestGet asks below the base, says who asks, and tells an answer from another status.
func TestGet(t *testing.T) {
	a := newAPI(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("User-Agent") != "misp-csirt-tooling" || r.Header.Get("Accept") != "application/json":
			w.WriteHeader(http.StatusTeapot)
		case r.URL.EscapedPath() == "/api/a%2Fb" && r.URL.RawQuery == "page=2":
			_, _ = io.WriteString(w, `{"name": "found"}`)
		case r.URL.Path == "/api/broken":
			_, _ = io.WriteString(w, `{"name"`)
		case r.URL.Path == "/api/more":
			_, _ = io.WriteString(w, `{"name": "found"} and more`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}), nil)
	var answer struct{ Name string }
	for _, path := range []string{"a%2Fb", "/a%2Fb"} {
		answer.Name = ""
		if err := a.Get(t.Context(), path, url.Values{"page": {"2"}}, &answer); err != nil || answer.Name != "found" {
			t.Errorf("%s: %+v, %v", path, answer, err)
		}
	}
	var status StatusError
	if err := a.Get(t.Context(), "none", nil, &answer); !errors.As(err, &status) || status != http.StatusNotFound {
		t.Errorf("another status: %v", err)
	}
	for _, path := range []string{"broken", "more"} {
		if err := a.Get(t.Context(), path, nil, &answer); err == nil || errors.As(err, &status) {
			t.Errorf("%s, which is no JSON: %v", path, err)
		}
	}
}
