package evidence

import (
	"net/http"
	"slices"
	"testing"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// TestHashedUser holds to the vector of draft-koch-openpgp-webkey-service, section 3.1.
func TestHashedUser(t *testing.T) {
	if got := hashedUser("Joe.Doe"); got != "iy9q119eutrkn8s1mk4r39qejnbu3n5q" {
		t.Errorf("got %s", got)
	}
}

func TestKeys(t *testing.T) {
	const (
		server   = "/vks/v1/by-fingerprint/12F76DDEAFD3C1CDC4B8EBC9E2675669CBDC7F1C"
		hashed   = "hu/t5s8ztdbon8yzntexy6oz5y48etqsnbb" // of security
		advanced = "/openpgpkey.example.org/.well-known/openpgpkey/example.org/" + hashed
	)
	f := serve(t, map[string]http.HandlerFunc{
		server:   says("application/pgp-keys", "of the server"),
		advanced: says("application/octet-stream", "of the directory"),
	})
	for name, tt := range map[string]struct {
		questions repo.Questions
		sites     []string
		keys      []string // what was asked for, and what came
		gap       repo.Gap
		asked     []string
	}{
		"nothing":     {},
		"fingerprint": {repo.Questions{Fingerprints: []string{fingerprint, fingerprint}}, nil, []string{fingerprint, "of the server"}, repo.None, []string{server}},
		"unknown fingerprint": {
			repo.Questions{Fingerprints: []string{"00" + fingerprint[2:]}}, nil, nil, repo.None, []string{"/vks/v1/by-fingerprint/00F76DDEAFD3C1CDC4B8EBC9E2675669CBDC7F1C"},
		},
		"address": {
			repo.Questions{Addresses: []string{"security@example.org"}}, []string{"example.org"}, []string{"security@example.org", "of the directory"},
			repo.None, []string{advanced},
		},
		"address elsewhere":          {repo.Questions{Addresses: []string{"security@example.com"}}, []string{"example.org"}, nil, repo.Denied, nil},
		"address at no host":         {repo.Questions{Addresses: []string{"security@takes-mail.example.net"}}, []string{"example.net"}, nil, repo.None, nil},
		"address at an address":      {repo.Questions{Addresses: []string{"security@127.0.0.1"}}, nil, nil, repo.Denied, nil},
		"address that leads upwards": {repo.Questions{Addresses: []string{"security@example.org/../x"}}, []string{"example.org"}, nil, repo.Denied, nil},
		"found beside what is refused": {
			repo.Questions{Fingerprints: []string{fingerprint}, Addresses: []string{"security@example.com"}}, []string{"example.org"},
			[]string{fingerprint, "of the server"}, repo.None, []string{server},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, f, &stub{s: public()}, Config{Sites: tt.sites}, "openpgp-keys")
			s, err := c.Collect(t.Context(), asking(tt.questions))
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, k := range s.Elsewhere.Keys.Value {
				keys = append(keys, k.Fingerprint+k.Address, string(k.Content))
				if k.URL[:len(f.URL)] != f.URL {
					t.Errorf("got at %s", k.URL)
				}
			}
			if asked := f.take(); !slices.Equal(keys, tt.keys) || s.Elsewhere.Keys.Gap != tt.gap || !slices.Equal(asked, tt.asked) {
				t.Errorf("got %q, %v, asked for %q; want %q, %v, %q", keys, s.Elsewhere.Keys, asked, tt.keys, tt.gap, tt.asked)
			}
		})
	}
}

// TestDirectory asks the domain itself where there is no host for the advanced method, and nobody else where there is one.
func TestDirectory(t *testing.T) {
	f := serve(t, map[string]http.HandlerFunc{
		"/example.org/.well-known/openpgpkey/hu/t5s8ztdbon8yzntexy6oz5y48etqsnbb": says("", "of the domain"),
	})
	for noAdvanced, want := range map[bool]int{false: 0, true: 1} {
		c := open(t, f, &stub{s: public()}, Config{AnySite: true}, "openpgp-keys")
		site := c.clients[0].site
		c.clients[0].site = func(host, path string) (*outbound.API, error) {
			if noAdvanced && host == "openpgpkey.example.org" {
				host = "gone.example.net"
			}
			return site(host, path)
		}
		s, err := c.Collect(t.Context(), asking(repo.Questions{Addresses: []string{"Security@example.org"}}))
		if err != nil || len(s.Elsewhere.Keys.Value) != want || !s.Elsewhere.Keys.Known() {
			t.Errorf("without a host for the advanced method %v: %+v, %v", noAdvanced, s.Elsewhere, err)
		}
	}
}
