package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// maxFile bounds in bytes the files that --forge names.
const maxFile = 1 << 20

// outside is what may be contacted.
type outside struct {
	hosts  *repo.Hosts
	policy outbound.Policy
	forges []forge.Host // whose web APIs are asked; those of --allow-host are not
}

// outside returns the hosts and forges that the options ask for.
func (p *program) outside(anyHost bool) (*outside, error) {
	proxy, err := parseProxy(p.config.proxy)
	if err != nil {
		return nil, fmt.Errorf("--proxy: %w", err)
	}
	if proxy != nil && p.config.anyHost {
		return nil, errors.New("--proxy excludes --any-host: behind a proxy nothing tells whether a host has a public address; name hosts by --forge")
	}
	o := &outside{policy: outbound.Policy{Any: anyHost, CA: map[string]string{}, Proxy: proxy}}
	builtin, err := repo.NewHosts()
	if err != nil {
		return nil, err
	}
	var rows []repo.Host
	for _, spec := range p.config.allowHost {
		row, err := repo.ParseHost(spec)
		if err != nil {
			return nil, fmt.Errorf("--allow-host: %w", err)
		}
		rows = append(rows, row)
	}
	configured, err := readForges(p.config.forges)
	if err != nil {
		return nil, err
	}
	for _, spec := range configured {
		h, ca, err := parseForge(builtin, spec)
		if err != nil {
			return nil, fmt.Errorf("--forge: %w", err)
		}
		rows = append(rows, repo.Host{Name: h.Name, Kind: h.Kind, Trusted: h.Private})
		h.Proxy = proxy
		o.forges = append(o.forges, h)
		if ca != "" {
			o.policy.CA[h.Name] = ca
		}
	}
	if o.hosts, err = repo.NewHosts(rows...); err != nil {
		return nil, fmt.Errorf("--forge: %w", err) // ParseHost has refused what is wrong in --allow-host
	}
	for _, row := range o.hosts.Rows() {
		o.policy.Hosts = append(o.policy.Hosts, row.Name)
		if row.Trusted {
			o.policy.Allow = append(o.policy.Allow, row.Name)
		}
		known := slices.ContainsFunc(rows, func(r repo.Host) bool { return r.Name == row.Name })
		if !known {
			o.forges = append(o.forges, forge.Host{Name: row.Name, Kind: row.Kind, Proxy: proxy})
		}
	}
	return o, nil
}

// parseProxy reads --proxy; no value is no proxy.
func parseProxy(value string) (*url.URL, error) {
	if value == "" {
		return nil, nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("write http://[USER:PASSWORD@]HOST:PORT") // without the value, which may hold a password
	}
	return u, nil
}

// collector returns the collector that asks git and, if forges says so, the web APIs of the forges. The answers keep what
// they said, for conditional requests; the metrics count; both may be nil.
func (o *outside) collector(forges bool, answers outbound.Answers, counted *metrics.Metrics) (*forge.Collector, error) {
	c := &forge.Collector{Git: outbound.NewGit(o.policy)}
	if !forges {
		return c, nil
	}
	c.Defaults = forge.NewDefaults(check.Inherited())
	c.APIs = map[string]*forge.API{}
	for _, h := range o.forges {
		var observe outbound.APIObserver
		if counted != nil {
			observe = outbound.APIObserver{
				Answered:  func(status int) { counted.Asked(h.Kind, status) },
				Remaining: func(requests int) { counted.Granted(h.Name, requests) },
			}
		}
		api, err := forge.NewAPI(h, answers, observe)
		if err != nil {
			return nil, fmt.Errorf("--forge: %w", err)
		}
		if api != nil {
			c.APIs[h.Name] = api
		}
	}
	return c, nil
}

// owners returns what lists the repositories of owners by the collector's APIs, nil if --owner-limit asks for none.
func (p *program) owners(o *outside, c *forge.Collector) *forge.Owners {
	if p.config.owned == 0 {
		return nil
	}
	return forge.NewOwners(c.APIs, o.hosts, p.config.owned)
}

// readForges returns what --forge says, with the lines of the files that it names by @FILE.
func readForges(specs []string) ([]string, error) {
	var out []string
	for _, spec := range specs {
		name, file := strings.CutPrefix(spec, "@")
		if !file {
			out = append(out, spec)
			continue
		}
		lines, err := readLines(name)
		if err != nil {
			return nil, fmt.Errorf("--forge %s: %w", spec, err)
		}
		out = append(out, lines...)
	}
	return out, nil
}

// parseForge reads host=HOST[:PORT],kind=KIND,api=URL,token-file=FILE,ca=FILE,private=true, all but the host optional; the
// kind only for a host of the built-in table. It returns the absolute path of the file of certificate authorities, too.
func parseForge(builtin *repo.Hosts, spec string) (h forge.Host, ca string, err error) {
	for field := range strings.SplitSeq(spec, ",") {
		key, value, _ := strings.Cut(field, "=")
		if value == "" {
			return h, "", fmt.Errorf("%q: write KEY=VALUE, separated by commas", field)
		}
		switch key {
		case "host":
			h.Name = value
		case "kind":
			h.Kind = value
		case "api":
			h.API = value
		case "token-file":
			if h.Tokens, err = readTokens(value); err != nil {
				return h, "", fmt.Errorf("token-file: %w", err)
			}
		case "ca":
			if ca, err = filepath.Abs(value); err != nil {
				return h, "", fmt.Errorf("ca: %w", err)
			}
			if h.CA, err = readFile(ca); err != nil {
				return h, "", fmt.Errorf("ca: %w", err)
			}
		case "private":
			if h.Private, err = strconv.ParseBool(value); err != nil {
				return h, "", fmt.Errorf("private=%s: write true or false", value)
			}
		default:
			return h, "", fmt.Errorf("unknown key %q: use host, kind, api, token-file, ca and private", key)
		}
	}
	if h.Name == "" {
		return h, "", fmt.Errorf("%q: the host is missing", spec)
	}
	row, err := repo.ParseHost(h.Name)
	if err != nil {
		return h, "", err
	}
	h.Name = row.Name
	if row, known := builtin.Lookup(h.Name); known && h.Kind == "" {
		h.Kind = row.Kind
	}
	if h.Kind == "" {
		return h, "", fmt.Errorf("host %s: say which forge it runs by kind=, one of %s", h.Name, strings.Join(repo.Forges(), ", "))
	}
	return h, ca, nil
}

// readTokens reads a file with one token in a line.
func readTokens(name string) ([]string, error) {
	tokens, err := readLines(name)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		if strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, fmt.Errorf("%s: a token is one word; write one in a line", name)
		}
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s holds no token", name)
	}
	return tokens, nil
}

// readLines returns the lines of a file without those that are empty or begin with #.
func readLines(name string) ([]string, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if len(text) > maxFile {
		return nil, errors.New("the file is too large")
	}
	return text, err
}
