package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// origin is one server. It can be closed and opened again on its port.
type origin struct {
	flag string // the command-line flag that moves it, for errors
	addr string
	url  string

	name     string // of the host; "" is localhost
	mu       sync.Mutex
	handler  http.Handler
	listener net.Listener
	server   *http.Server
	done     chan struct{} // closed when server has returned
}

// listen takes the port. From here on connections queue up, until serve.
func (o *origin) listen() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	host, port, err := net.SplitHostPort(o.addr)
	if err != nil {
		return fmt.Errorf("-%s %q: give an address such as :4300", o.flag, o.addr)
	}
	if host == "" {
		host = "127.0.0.1" // the passwords are public: stay off the network
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %s is in use: stop what listens there, or choose another with -%s :PORT", port, o.flag)
	}
	if err != nil {
		return fmt.Errorf("-%s %s: %w", o.flag, o.addr, err)
	}
	o.listener = listener
	// Keep the port that the system has picked, so that reopen finds it again.
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	o.addr = net.JoinHostPort(host, port)
	o.url = "http://" + cmp.Or(o.name, "localhost") + ":" + port
	return nil
}

func (o *origin) serve(h http.Handler) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handler = h
	server, listener, done := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}, o.listener, make(chan struct{})
	o.server, o.done = server, done
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with ErrServerClosed, and only then
	}()
}

func (o *origin) reopen() error {
	if err := o.listen(); err != nil {
		return err
	}
	o.serve(o.handler)
	return nil
}

func (o *origin) close() error {
	return o.stop(func(s *http.Server) error { return s.Close() })
}

func (o *origin) shutdown(ctx context.Context) error {
	return o.stop(func(s *http.Server) error {
		if err := s.Shutdown(ctx); err != nil {
			return s.Close() // patience has run out
		}
		return nil
	})
}

func (o *origin) stop(how func(*http.Server) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.listener == nil {
		return nil
	}
	var err error
	if o.server == nil {
		err = o.listener.Close()
	} else {
		err = how(o.server)
		<-o.done
	}
	o.listener, o.server = nil, nil
	return err
}
