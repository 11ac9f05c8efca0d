package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// ownersForge is a forge with an owner of several repositories, and what --forge says of it. It returns the owner's address.
func ownersForge(t *testing.T) (owner, spec string) {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/users/owner":
			fmt.Fprint(w, `{"id":7}`)
		case "/api/v1/repos/search":
			fmt.Fprint(w, `{"ok":true,"data":[{"full_name":"owner/tool-2","updated_at":"2026-03-01T00:00:00Z"},
				{"full_name":"owner/a-fork","updated_at":"2026-02-03T00:00:00Z","fork":true},
				{"full_name":"owner/tool-1","updated_at":"2026-02-01T00:00:00Z"},{"full_name":"owner/tool-3","updated_at":"2020-02-01T00:00:00Z"}]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(api.Close)
	server := ownedServer(t)
	return server + "/owner", fmt.Sprintf("host=%s,kind=gitea,api=%s/api/v1/,private=true", strings.TrimPrefix(server, "http://"), api.URL)
}

// outputOf runs the program and returns what it prints.
func outputOf(t *testing.T, args ...string) (out, errs string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = run(t.Context(), args, func(string) string { return "" }, &o, &e)
	return o.String(), e.String(), err
}

// TestOwnerOnTheCommandLine has an owner stand for the repositories that were active last.
func TestOwnerOnTheCommandLine(t *testing.T) {
	owner, spec := ownersForge(t)

	out, errs, err := outputOf(t, "assess", "--format", "json", "--forge", spec, "--owner-limit", "2", owner)
	var reports []struct{ Repository string }
	if err != nil || json.Unmarshal([]byte(out), &reports) != nil || len(reports) != 2 ||
		reports[0].Repository != owner+"/tool-2" || reports[1].Repository != owner+"/tool-1" {
		t.Errorf("assess: %v, %s%.300s", err, errs, out)
	}
	if _, errs, err := outputOf(t, "assess", "--forge", spec, owner); err == nil || !strings.Contains(errs, "is an owner: name one of its repositories") {
		t.Errorf("without the option: %v, %s", err, errs)
	}
	if _, errs, err := outputOf(t, "assess", "--forge", spec, "--owner-limit", "2", "--no-forge", owner); err == nil || !strings.Contains(errs, "its forge is not asked for it") {
		t.Errorf("without the forge: %v, %s", err, errs)
	}
	if _, errs, err := outputOf(t, "assess", "--owner-limit", "11", owner); err == nil || !strings.Contains(err.Error(), "from 0 to 10") {
		t.Errorf("too many: %v, %s", err, errs)
	}

	out, errs, err = outputOf(t, "resolve", "--type", "url", "--forge", spec, "--owner-limit", "2", owner)
	for _, want := range []string{"kind        owner", "candidate   " + owner + "/tool-2 (owner listing: active on 2026-03-01)\n", "/tool-1 (owner"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("resolve: %v, %s%s lacks %q", err, errs, out, want)
		}
	}
	if out, _, err := outputOf(t, "resolve", "--type", "url", "--forge", spec, owner); err != nil || strings.Contains(out, "candidate") {
		t.Errorf("resolve without the option: %v, %s", err, out)
	}

	file := filepath.Join(t.TempDir(), "reports.jsonl")
	list := write(t, "list", owner+"\n"+owner+"/tool-2\n")
	many := []string{"assess", "--from", list, "--output", file, "--forge", spec, "--owner-limit"}
	if _, errs, err := outputOf(t, append(many, "1")...); err != nil {
		t.Errorf("--from: %v, %s", err, errs)
	}
	if _, errs, err := outputOf(t, append(many, "2", "--resume")...); err != nil {
		t.Errorf("--resume: %v, %s", err, errs)
	}
	lines, err := readLines(file)
	if err != nil || len(lines) != 3 || !strings.HasPrefix(lines[2], `{"argument":"`+owner+`/tool-1","repository":`) {
		t.Errorf("%d lines, %v, the last %.200s", len(lines), err, lines[len(lines)-1])
	}
}

// TestOwnerInService has an owner answered by an object for each repository.
func TestOwnerInService(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	owner, spec := ownersForge(t)
	const query = `{"module":"csirt_tooling","event_id":"1",%s"timeout":60,"attribute":{"type":"url","uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df","value":%q}}`
	for limit, want := range map[string]int{"0": 0, "2": 2} {
		base := service(t, "--forge", spec, "--owner-limit", limit)
		for _, kind := range []string{"", `"attribute_uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df",`} {
			_, answer := send(t, http.MethodPost, base+"/query", fmt.Appendf(nil, query, kind, owner))
			if n := bytes.Count(answer, []byte(`"name":"csirt-tooling-assessment"`)); n != want || bytes.Count(answer, []byte(`"characterizes"`)) != want {
				t.Errorf("limit %s, %s: %d objects, want %d: %.200s", limit, kind, n, want, answer)
			}
		}
	}
}

// TestResolveAsksNVD has resolve name what NVD knows of a product, and nothing be asked without the option.
func TestResolveAsksNVD(t *testing.T) {
	asked := ""
	nvd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path + " " + r.URL.Query().Get("virtualMatchString")
		const cve = `{"cve":{"id":"CVE-2026-0001","references":[{"url":"https://github.com/Example/Gadget/commit/0123","tags":["Patch"]}]}}`
		fmt.Fprintf(w, `{"totalResults":2,"vulnerabilities":[%s,%s]}`, cve, cve)
	}))
	defer nvd.Close()
	const cpe = "cpe:2.3:a:example:gadget:1.0:*:*:*:*:*:*:*"
	if out, _, err := outputOf(t, "resolve", cpe); err != nil || strings.Contains(out, "candidate") || asked != "" {
		t.Errorf("without the option: %v, %s, asked %q", err, out, asked)
	}
	out, errs, err := outputOf(t, "resolve", "--lookup", "nvd="+nvd.URL+"/rest/json/", cpe)
	want := "candidate   https://github.com/example/gadget (nvd: patches, advisories or product pages of 2 CVEs lead to it)\n"
	if err != nil || !strings.Contains(out, want) || strings.Contains(out, "chosen") || asked != "/rest/json/cves/2.0 cpe:2.3:*:example:gadget" {
		t.Errorf("%v, %s%s, asked %q", err, errs, out, asked)
	}
}
