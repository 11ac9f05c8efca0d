package outbound

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// AnswerLimit is the size in bytes of the largest answer that is read from a web API, unpacked.
const AnswerLimit = 16 << 20

// userAgent says who asks.
const userAgent = "misp-csirt-tooling"

const (
	errorLimit   = 64 << 10 // bytes of an answer that is an error
	maxRedirects = 3
	apiTimeout   = 30 * time.Second // of one request with its answer, unless configured
	dialTimeout  = 5 * time.Second
)

// APIConfig is what an operator says of one web API. Nothing of it may come from a value that is to be looked up.
type APIConfig struct {
	Name    string    // how errors name it: the host of the forge
	Base    string    // https URL that begins every request; http too if Private
	Private bool      // it may have any address and speak plain http
	Tokens  []string  // taken in turn; none: asked without an account
	Proxy   *url.URL  // by which a base that is not Private is reached; nil for none, see Policy
	CA      []byte    // PEM of certificate authorities that are trusted besides the system's
	Header  TokenForm // how a token is sent; nil: Authorization: Bearer TOKEN
	// Budget names the rate budget that a request is counted on, where a server has several. Nil: it has one.
	Budget func(*url.URL) string
	// Grant is how many requests a server takes that does not tell it in its answers. It refuses more with 403.
	Grant   Grant
	Timeout time.Duration // of one request with its answer; 0: half a minute
	Posts   bool          // requests may be POST too, for an API that is asked so; no answer to them is kept
	Answers Answers       // keeps answers for conditional requests; nil: none are kept
	Observe APIObserver
}

// Grant is how many requests a server takes within any stretch of time of a length; the zero value sets no bound.
type Grant struct {
	Requests int
	Per      time.Duration
}

// TokenForm returns name and value of the header that carries a token.
type TokenForm func(token string) (name, value string)

// APIObserver is told of the requests that were sent. Its functions may be nil; they are called from several goroutines.
type APIObserver struct {
	// Answered is told the status of an answer, 0 if none came.
	Answered func(status int)
	// Remaining is told how many requests a server still grants, over all tokens, of its main budget.
	Remaining func(requests int)
}

// API is the door to one web API: the only way by which requests reach it. It sends GET requests, and POST where that is how it is asked, below its base to addresses
// that were checked, with a token that no other host can get, as far as the rate budget allows, conditionally where an answer
// is kept, and bounds what comes back. It is safe for concurrent use.
type API struct {
	name    string
	base    *url.URL
	header  TokenForm
	budget  func(*url.URL) string
	posts   bool
	answers Answers
	observe APIObserver
	book    *book
	wire    http.RoundTripper
	client  *http.Client
}

// NewAPI returns the door to a web API. An error says which part of the configuration is wrong.
func NewAPI(c APIConfig) (*API, error) {
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" || !printable(c.Base) {
		return nil, fmt.Errorf("%q is no URL like https://HOST/PATH/", c.Base)
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	policy := Policy{Hosts: []string{base.Host}, Proxy: c.Proxy}
	if c.Private {
		policy = Policy{Allow: []string{base.Host}}
	}
	if _, err := policy.admit(base); err != nil {
		return nil, fmt.Errorf("API at %s: %w", c.Base, err)
	}
	var roots *x509.CertPool
	if c.CA != nil {
		if roots, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("trusted certificate authorities of the system: %w", err)
		}
		if !roots.AppendCertsFromPEM(c.CA) {
			return nil, errors.New("the file of certificate authorities holds no certificate in PEM")
		}
	}
	a := &API{
		name: c.Name, base: base, header: c.Header, budget: c.Budget, posts: c.Posts, answers: c.Answers, observe: c.Observe, book: newBook(c.Tokens, c.Grant),
		wire: newWire(base, policy, roots, lookupHost),
	}
	if a.header == nil {
		a.header = func(token string) (string, string) { return "Authorization", "Bearer " + token }
	}
	if a.budget == nil {
		a.budget = func(*url.URL) string { return "" }
	}
	a.client = &http.Client{Transport: a, Timeout: cmp.Or(c.Timeout, apiTimeout), CheckRedirect: a.redirected}
	return a, nil
}

// Base returns the URL below which all requests are; its path ends in a slash.
func (a *API) Base() *url.URL {
	u := *a.base
	return &u
}

// Client returns the client that sends requests through the door. The errors of its requests wrap a RefusedError, a
// LimitedError, ErrUnresolved, ErrTooLarge (while a body is read too), or the context's error.
func (a *API) Client() *http.Client { return a.client }

// redirected lets a client follow a redirect within the API.
func (a *API) redirected(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return errors.New("too many redirects")
	}
	return a.inside(next)
}

// inside refuses requests that are none of the API.
func (a *API) inside(r *http.Request) error {
	u := r.URL
	within := u.Scheme == a.base.Scheme && u.Host == a.base.Host && u.User == nil &&
		strings.HasPrefix(u.EscapedPath(), a.base.EscapedPath()) && !strings.Contains(u.Path+"/", "/../")
	if !within || r.Method != http.MethodGet && !(a.posts && r.Method == http.MethodPost) {
		return &RefusedError{Host: u.Host, Reason: "the request leads out of the API at " + a.base.String()}
	}
	return nil
}

// RoundTrip implements http.RoundTripper.
func (a *API) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := a.inside(r); err != nil {
		return nil, err
	}
	budget := a.budget(r.URL)
	a.learn(r.Context(), budget)
	account, err := a.book.take(a.name, budget, r.URL.String())
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	r.Header.Del("Cookie")
	r.Header.Set("User-Agent", userAgent)
	if account.token != "" {
		r.Header.Set(a.header(account.token))
	}
	key := answerKey(r, account.token)
	var kept *http.Response
	if r.Method == http.MethodGet {
		kept = a.kept(r, key)
	}
	if kept != nil {
		r.Header.Set("If-None-Match", kept.Header.Get("Etag"))
	}
	answer, err := a.wire.RoundTrip(r)
	if err != nil {
		account.failed()
		a.observed(0)
		return nil, err
	}
	limited := a.settle(account, answer)
	a.tell(r.Context(), account, budget)
	a.observed(answer.StatusCode)
	switch {
	case limited != nil:
		answer.Body.Close()
		return nil, limited
	case answer.StatusCode == http.StatusNotModified && kept != nil:
		answer.Body.Close()
		return kept, nil
	}
	answer.Body = &bounded{answer.Body, AnswerLimit}
	if r.Method != http.MethodGet {
		return answer, nil
	}
	return a.keep(r.Context(), key, answer)
}

// settle writes what an answer says of the rate budget into the book, and takes it out of the answer: nobody else keeps
// count. It returns a LimitedError if the answer is a refusal for that reason.
func (a *API) settle(account *account, answer *http.Response) error {
	if answer.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, errorLimit))
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(text))
		if limitedAnswer(answer, text) || a.book.grant.Requests > 0 && answer.StatusCode == http.StatusForbidden {
			return account.refused(a.name, answer)
		}
	}
	account.settled(answer)
	for _, name := range rateHeaders {
		answer.Header.Del(name)
	}
	return nil
}

func (a *API) observed(status int) {
	if a.observe.Answered != nil {
		a.observe.Answered(status)
	}
	if remaining, known := a.book.remaining(); known && a.observe.Remaining != nil {
		a.observe.Remaining(remaining)
	}
}

// bounded is a body that fails where it is too long.
type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// newWire returns a transport that connects to the host of a URL at addresses that were checked, or by the policy's proxy, and
// to nothing else: neither a proxy of the environment nor a second look at the name comes between.
func newWire(base *url.URL, policy Policy, roots *x509.CertPool, ask lookup) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	port := portOf(base)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != net.JoinHostPort(base.Hostname(), port) {
			return nil, &RefusedError{Host: address, Reason: "it is not the host of the API at " + base.String()}
		}
		addrs, err := policy.addresses(ctx, base, ask)
		if err != nil {
			return nil, err
		}
		var errs []error
		for _, addr := range addrs {
			c, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.String(), port))
			if err == nil {
				return c, nil
			}
			errs = append(errs, err)
		}
		return nil, errors.Join(errs...)
	}
	var proxy func(*http.Request) (*url.URL, error)
	if by, err := policy.proxy(base); err == nil && by != nil {
		proxy, dial = http.ProxyURL(by), dialer.DialContext // which connects to the proxy alone
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    dialTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
