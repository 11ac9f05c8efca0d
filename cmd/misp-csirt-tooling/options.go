package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/evidence"
)

// config holds what the options set.
type config struct {
	listen    string
	store     string
	reset     bool
	allowHost []string
	anyHost   bool
	proxy     string
	forges    []string
	noForge   bool
	patience  time.Duration
	hover     time.Duration
	tags      string
	text      bool
	operator  string
	logLevel  string
	logFormat string

	format    string
	asOf      string
	rev       string
	from      string
	output    string
	resume    bool
	jobs      int
	perHost   int
	backlog   int
	limit     time.Duration
	typ       string
	fixTimes  check.FixTimes
	catalogue string
	lookup    []string
	owned     int
	evidence  []string
	sites     []string
	upstream  string
}

// option is one option. The flags, the variables of the environment, the help and the table in the README come from it.
type option struct {
	name     string
	commands string // the commands that have it, separated by spaces
	value    string // the placeholder in the help, a list of choices separated by |, empty for a switch
	standard string // the default
	help     string
	set      func(*config, string) error
	repeats  bool
}

// options lists every option in the order of the help.
var options = []option{
	{name: "listen", commands: "serve", value: "ADDRESS", standard: "127.0.0.1:6666", set: text(func(c *config) *string { return &c.listen }),
		help: "address to listen on; this one is where MISP looks for misp-modules"},
	{name: "upstream", commands: "serve", value: "URL", set: text(func(c *config) *string { return &c.upstream }),
		help: "list the modules of the misp-modules server at this address too, and hand on what they are asked, for MISP has one address for all"},
	{name: "store", commands: "serve", value: "memory|bolt:FILE|redis://HOST", standard: "bolt:", set: text(func(c *config) *string { return &c.store }),
		help: "where snapshots of repositories are kept: in memory, in a file (bolt: alone means one in the user's cache directory), or in a Redis or Valkey that several replicas share (redis://USER@HOST:PORT/DATABASE?password-file=FILE&prefix=TEXT, rediss:// for TLS)"},
	{name: "store-reset", commands: "serve", set: yes(func(c *config) *bool { return &c.reset }),
		help: "begin with an empty store, as after damage"},
	{name: "timeout", commands: "serve", value: "DURATION", standard: "10s", set: duration(func(c *config) *time.Duration { return &c.patience }),
		help: "how long MISP waits for an answer (its setting Plugin.Enrichment_timeout)"},
	{name: "hover-timeout", commands: "serve", value: "DURATION", standard: "5s", set: duration(func(c *config) *time.Duration { return &c.hover }),
		help: "how long MISP waits for a pop-up (its setting Plugin.Enrichment_hover_timeout)"},
	{name: "tags", commands: "serve assess", value: "grade|musts|all", standard: "musts", set: choice(func(c *config) *string { return &c.tags }, "grade", "musts", "all"),
		help: "tags on the repository: the grade alone, each must that is not met too, or every verdict"},
	{name: "text", commands: "serve", set: yes(func(c *config) *bool { return &c.text }),
		help: "enrich attributes of the type text too, where they are a package URL, a CPE name or an address"},
	{name: "operator", commands: "serve assess", value: "NAME", set: text(func(c *config) *string { return &c.operator }),
		help: "who runs the service, named in the comments of its objects"},
	{name: "allow-host", commands: "serve assess resolve", value: "HOST[:PORT][=KIND]", repeats: true, set: list(func(c *config) *[]string { return &c.allowHost }),
		help: "contact this host as well, also on a private address and by plain http; KIND is the forge it runs: github, gitlab, gitea, sourcehut, bitbucket or git; repeatable"},
	{name: "any-host", commands: "serve", set: yes(func(c *config) *bool { return &c.anyHost }),
		help: "contact any public https host that an attribute names, which may give the analyst away"},
	{name: "proxy", commands: "serve assess resolve", value: "http://[USER:PASSWORD@]HOST:PORT", set: text(func(c *config) *string { return &c.proxy }),
		help: "the HTTP proxy by which the known forges and services are reached, those of --allow-host and of your own aside; a password is safer in the environment. " +
			"It excludes --any-host, since the proxy alone sees addresses"},
	{name: "forge", commands: "serve assess resolve", value: "host=HOST[:PORT][,KEY=VALUE...]", repeats: true, set: list(func(c *config) *[]string { return &c.forges }),
		help: "ask this forge's web API too, or with a token: kind=github|gitlab|gitea|sourcehut|bitbucket|git, api=URL, token-file=FILE (one token in a line), " +
			"ca=FILE (PEM), private=true for a private address and plain http; @FILE reads one in a line; repeatable"},
	{name: "no-forge", commands: "serve assess", set: yes(func(c *config) *bool { return &c.noForge }),
		help: "ask git alone, no web API of a forge"},
	{name: "fix-days-grave", commands: "serve assess", value: "DAYS", standard: strconv.Itoa(check.DefaultFixTimes().Grave),
		set:  number(func(c *config) *int { return &c.fixTimes.Grave }),
		help: "how soon after its publication a vulnerability of critical or high severity is to be fixed, for fix-timeliness"},
	{name: "fix-days", commands: "serve assess", value: "DAYS", standard: strconv.Itoa(check.DefaultFixTimes().Other),
		set:  number(func(c *config) *int { return &c.fixTimes.Other }),
		help: "how soon any other vulnerability is to be fixed"},
	{name: "fix-years", commands: "serve assess", value: "YEARS", standard: strconv.Itoa(check.DefaultFixTimes().Years),
		set:  number(func(c *config) *int { return &c.fixTimes.Years }),
		help: "how many years of vulnerabilities count for it"},
	{name: "limit", commands: "serve assess", value: "DURATION", standard: "1m", set: duration(func(c *config) *time.Duration { return &c.limit }),
		help: "time for reading one repository"},
	{name: "jobs", commands: "serve", value: "N", standard: "16", set: number(func(c *config) *int { return &c.jobs }),
		help: "repositories read at the same time"},
	{name: "jobs", commands: "assess", value: "N", standard: "4", set: number(func(c *config) *int { return &c.jobs }),
		help: "repositories read at the same time"},
	{name: "jobs-per-host", commands: "serve", value: "N", standard: "2", set: number(func(c *config) *int { return &c.perHost }),
		help: "of these, at the same host"},
	{name: "backlog", commands: "serve", value: "N", standard: "500", set: number(func(c *config) *int { return &c.backlog }),
		help: "repositories that may wait to be read; beyond it the answer is to ask again"},
	{name: "log-level", commands: "serve", value: "debug|info|warn|error", standard: "info", set: choice(func(c *config) *string { return &c.logLevel }, "debug", "info", "warn", "error"),
		help: "least severe messages that are logged"},
	{name: "log-format", commands: "serve", value: "text|json", standard: "text", set: choice(func(c *config) *string { return &c.logFormat }, "text", "json"),
		help: "form of the log"},
	{name: "format", commands: "assess", value: "text|json|misp", standard: "text", set: choice(func(c *config) *string { return &c.format }, "text", "json", "misp"),
		help: "form of the report; misp is what MISP would get"},
	{name: "format", commands: "resolve", value: "text|json", standard: "text", set: choice(func(c *config) *string { return &c.format }, "text", "json"),
		help: "form of the result"},
	{name: "type", commands: "resolve", value: "TYPE", standard: "text", set: text(func(c *config) *string { return &c.typ }),
		help: "MISP's type of the attribute that has the value"},
	{name: "lookup", commands: "serve resolve", value: "NAME[=URL]", repeats: true, set: list(func(c *config) *[]string { return &c.lookup }),
		help: "ask this service on the web for the repository of a package (deps.dev) or product (vulnerability-lookup, nvd), with URL one of your own; repeatable"},
	{name: "evidence", commands: "serve assess", value: "NAME[=URL]", repeats: true, set: list(func(c *config) *[]string { return &c.evidence }),
		help: "ask this service on the web for more evidence on public repositories: " + strings.Join(evidence.Names(), ", ") + "; with URL one of your own; repeatable"},
	{name: "site", commands: "serve", value: "DOMAIN", repeats: true, set: list(func(c *config) *[]string { return &c.sites }),
		help: "let --evidence contact the sites of projects and of their contacts in this domain; --any-host lets it contact any public one, as assess does; repeatable"},
	{name: "catalogue", commands: "serve assess resolve", value: "FILE", set: text(func(c *config) *string { return &c.catalogue }),
		help: "a catalogue of tools of your own, in YAML or JSON, beside the built-in one"},
	{name: "owner-limit", commands: "serve assess resolve", value: "N", standard: "0", set: upTo(10, func(c *config) *int { return &c.owned }),
		help: "let an owner stand for up to N (at most 10) of its repositories, those that were active last, as its forge lists them; 0 leaves it at candidates"},
	{name: "format", commands: "criteria", value: "text|json", standard: "text", set: choice(func(c *config) *string { return &c.format }, "text", "json"),
		help: "form of the table"},
	{name: "as-of", commands: "assess", value: "TIME", set: text(func(c *config) *string { return &c.asOf }),
		help: "judge as of this date or RFC 3339 time (default today, UTC)"},
	{name: "rev", commands: "assess", value: "REVISION", set: text(func(c *config) *string { return &c.rev }),
		help: "assess this commit, tag or branch (default the default branch)"},
	{name: "from", commands: "assess", value: "FILE|-", set: text(func(c *config) *string { return &c.from }),
		help: "assess the repositories that a file names, one a line (- for the standard input), and print a line of JSON for each"},
	{name: "output", commands: "assess", value: "FILE", set: text(func(c *config) *string { return &c.output }),
		help: "with --from: append the lines to this file"},
	{name: "resume", commands: "assess", set: yes(func(c *config) *bool { return &c.resume }),
		help: "with --from and --output: leave out what the file has a report on"},
}

// variable returns the name of the variable that sets the option in the environment.
func (o *option) variable() string {
	return "MISP_CSIRT_TOOLING_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

func text(field func(*config) *string) func(*config, string) error {
	return func(c *config, s string) error {
		*field(c) = s
		return nil
	}
}

func list(field func(*config) *[]string) func(*config, string) error {
	return func(c *config, s string) error {
		*field(c) = append(*field(c), strings.Fields(s)...)
		return nil
	}
}

func yes(field func(*config) *bool) func(*config, string) error {
	return func(c *config, s string) (err error) {
		*field(c), err = strconv.ParseBool(s)
		return err
	}
}

func choice(field func(*config) *string, among ...string) func(*config, string) error {
	return func(c *config, s string) error {
		if !slices.Contains(among, s) {
			return fmt.Errorf("want %s", strings.Join(among, ", "))
		}
		*field(c) = s
		return nil
	}
}

func number(field func(*config) *int) func(*config, string) error {
	return func(c *config, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1000 {
			return fmt.Errorf("want a number from 1 to 1000")
		}
		*field(c) = n
		return nil
	}
}

func upTo(most int, field func(*config) *int) func(*config, string) error {
	return func(c *config, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > most {
			return fmt.Errorf("want a number from 0 to %d", most)
		}
		*field(c) = n
		return nil
	}
}

func duration(field func(*config) *time.Duration) func(*config, string) error {
	return func(c *config, s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return fmt.Errorf("want a duration such as 90s or 2m")
		}
		*field(c) = d
		return nil
	}
}

// value makes an option a flag (pflag.Value).
type value struct {
	*option
	config *config
	shown  string
}

func (v *value) String() string { return v.shown }
func (v *value) Type() string   { return v.option.value }
func (v *value) Set(s string) error {
	v.shown = s
	return v.option.set(v.config, s)
}

// with gives a command its options.
func (p *program) with(command *cobra.Command) *cobra.Command {
	for i := range options {
		o := &options[i]
		if !slices.Contains(strings.Fields(o.commands), command.Name()) {
			continue
		}
		flag := command.Flags().VarPF(&value{o, p.config, o.standard}, o.name, "", o.help)
		if o.value == "" {
			flag.NoOptDefVal = "true"
		}
	}
	run := command.RunE
	command.RunE = func(c *cobra.Command, args []string) error {
		if err := p.settle(c); err != nil {
			return usage(err)
		}
		return run(c, args)
	}
	return command
}

// settle sets the options that the command line left out: from the environment, else to their defaults.
func (p *program) settle(command *cobra.Command) error {
	for i := range options {
		o := &options[i]
		flag := command.Flags().Lookup(o.name)
		if flag == nil || flag.Changed || !slices.Contains(strings.Fields(o.commands), command.Name()) {
			continue
		}
		from, s := "default of --"+o.name, o.standard
		if set := p.getenv(o.variable()); set != "" {
			from, s = o.variable(), set
		}
		if s == "" {
			continue
		}
		if err := o.set(p.config, s); err != nil {
			return fmt.Errorf("%s: %q: %w", from, s, err)
		}
	}
	return nil
}
