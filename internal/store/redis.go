package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/bsm/redislock"
	"github.com/redis/go-redis/v9"
)

// redisPatience is how long Redis may take: a cache that is slower than that is none.
const redisPatience = 500 * time.Millisecond

// defaultPrefix begins the keys unless the address says otherwise.
const defaultPrefix = "misp-csirt-tooling:"

// Redis keeps values in a Redis or Valkey that several replicas share. What is kept there is bounded by its own memory limit.
type Redis struct {
	client *redis.Client
	locker *redislock.Client
	prefix string
}

// OpenRedis opens the server of an address as redis.ParseURL takes it (redis://USER:PASSWORD@HOST:PORT/DATABASE, rediss://
// for TLS, unix:// for a socket), with two more parameters: prefix begins the keys, password-file names a file that holds the
// password. No connection is made before the first use.
func OpenRedis(address string) (*Redis, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("open store: the address of Redis does not parse") // it may hold a password
	}
	query := u.Query()
	prefix, file := query.Get("prefix"), query.Get("password-file")
	query.Del("prefix")
	query.Del("password-file")
	u.RawQuery = query.Encode()
	options, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if file != "" {
		secret, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
		options.Password = strings.TrimSpace(string(secret))
	}
	if prefix == "" {
		prefix = defaultPrefix
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = redisPatience, redisPatience, redisPatience
	options.MaxRetries, options.DialerRetries = -1, 1 // the caller goes on without
	options.ContextTimeoutEnabled = true
	redis.SetLogger(quiet{})
	client := redis.NewClient(options)
	return &Redis{client: client, locker: redislock.New(client), prefix: prefix}, nil
}

// Get returns what was put under the key and is not older than its lifetime.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, err := r.client.Get(ctx, r.prefix+key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read store: %w", err)
	}
	return value, true, nil
}

// Put keeps the value for at most lifetime.
func (r *Redis) Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error {
	if err := r.client.Set(ctx, r.prefix+key, value, lifetime).Err(); err != nil {
		return fmt.Errorf("write store: %w", err)
	}
	return nil
}

// Acquire takes the lease of a key among all replicas, and renews it until release is called. A replica that dies loses it
// after ttl. ok is false if another one has it.
func (r *Redis) Acquire(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error) {
	lock, err := r.locker.Obtain(ctx, r.prefix+"lease/"+key, ttl, nil)
	switch {
	case errors.Is(err, redislock.ErrNotObtained):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("take lease: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		tick := time.NewTicker(ttl / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = lock.Refresh(ctx, ttl, nil) // a lease that is lost means that another replica collects too, no more
			}
		}
	}()
	return func() {
		cancel()
		<-renewed
		_ = lock.Release(context.WithoutCancel(ctx)) // else it ends by itself
	}, true, nil
}

// Close closes the connections.
func (r *Redis) Close() error {
	if err := r.client.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// quiet is a logger of nothing: what goes wrong is returned, too.
type quiet struct{}

// Printf implements the logger of go-redis.
func (quiet) Printf(context.Context, string, ...any) {}
