package evidence

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestSecurityText(t *testing.T) {
	const text = "Contact: mailto:security@example.org\n"
	f := serve(t, nil)
	f.answers = map[string]http.HandlerFunc{
		"/tool.example.org/.well-known/security.txt":   says("text/plain; charset=utf-8", text),
		"/page.example.org/.well-known/security.txt":   says("text/html", text),
		"/large.example.org/.well-known/security.txt":  says("text/plain", strings.Repeat("#", maxSecurityText+1)),
		"/odd.example.org/.well-known/security.txt":    says("text/plain", "Contact:\x00 x\x1b[31m\u202e\xff\ty\r\n"),
		"/broken.example.org/.well-known/security.txt": status(http.StatusInternalServerError),
		"/moved.example.org/.well-known/security.txt": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, f.URL+"/www.moved.example.org/.well-known/security.txt", http.StatusMovedPermanently)
		},
		"/www.moved.example.org/.well-known/security.txt": says("text/plain", text),
		"/away.example.org/.well-known/security.txt": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.com/", http.StatusFound)
		},
		"/www.away.example.org/.well-known/security.txt": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.com/", http.StatusFound)
		},
	}
	for name, tt := range map[string]struct {
		sites []string
		texts []string
		gap   repo.Gap
	}{
		"none":             {nil, nil, repo.None},
		"there":            {[]string{"tool.example.org"}, []string{text}, repo.None},
		"not there":        {[]string{"other.example.org"}, nil, repo.None},
		"a page":           {[]string{"page.example.org"}, nil, repo.None},
		"too large":        {[]string{"large.example.org"}, nil, repo.TooLarge},
		"odd characters":   {[]string{"odd.example.org"}, []string{"Contact: x[31m\ufffd\ty\r\n"}, repo.None},
		"broken":           {[]string{"broken.example.org"}, nil, repo.Failed},
		"broken, another":  {[]string{"broken.example.org", "tool.example.org"}, []string{text}, repo.None},
		"at www":           {[]string{"moved.example.org"}, []string{text}, repo.None},
		"away":             {[]string{"away.example.org"}, nil, repo.Denied},
		"no address":       {[]string{"gone.example.net"}, nil, repo.Absent},
		"not admitted":     {[]string{"example.com"}, nil, repo.Denied},
		"an address":       {[]string{"127.0.0.1"}, nil, repo.Denied},
		"the third of all": {[]string{"a.example.org", "b.example.org", "tool.example.org"}, nil, repo.None},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, f, &stub{s: public()}, Config{Sites: []string{"example.org", "example.net"}}, "security-txt")
			s, err := c.Collect(t.Context(), asking(repo.Questions{Sites: tt.sites}))
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, text := range s.Elsewhere.SecurityText.Value {
				texts = append(texts, text.Text)
				if !strings.HasSuffix(text.URL, "/.well-known/security.txt") {
					t.Errorf("got at %s", text.URL)
				}
			}
			if !slices.Equal(texts, tt.texts) || s.Elsewhere.SecurityText.Gap != tt.gap {
				t.Errorf("got %q, %+v; want %q, %v", texts, s.Elsewhere.SecurityText, tt.texts, tt.gap)
			}
		})
	}
}

// TestKeysOfTheSite asks for the keys that the site's security.txt names, in the same collection.
func TestKeysOfTheSite(t *testing.T) {
	const server = "/vks/v1/by-fingerprint/12F76DDEAFD3C1CDC4B8EBC9E2675669CBDC7F1C"
	f := serve(t, map[string]http.HandlerFunc{
		"/tool.example.org/.well-known/security.txt": says("text/plain", "Encryption: openpgp4fpr:"+fingerprint),
		server: says("application/pgp-keys", "key"),
	})
	c := open(t, f, &stub{s: public()}, Config{AnySite: true}, Names()...)
	s, err := c.Collect(t.Context(), repo.Request{Ask: func(s *repo.Snapshot) repo.Questions {
		q := repo.Questions{Sites: []string{"tool.example.org"}}
		for _, text := range s.Services().SecurityText.Value {
			_, key, _ := strings.Cut(text.Text, "openpgp4fpr:")
			q.Fingerprints = append(q.Fingerprints, key)
		}
		return q
	}})
	if err != nil || len(s.Elsewhere.Keys.Value) != 1 || len(s.Elsewhere.SecurityText.Value) != 1 {
		t.Errorf("%+v, %v", s.Elsewhere, err)
	}
}
