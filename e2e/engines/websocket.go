package engines

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// socket is as much of a WebSocket (RFC 6455) as a browser on the same machine needs: text, whole messages.
type socket struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(address string) (*socket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", u.Host, patience)
	if err != nil {
		return nil, err
	}
	s := &socket{conn, bufio.NewReader(conn)}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", u.Path, u.Host)
	if err == nil {
		var response *http.Response
		if response, err = http.ReadResponse(s.in, nil); err == nil && response.StatusCode != http.StatusSwitchingProtocols {
			err = errors.New("the browser takes no WebSocket: " + response.Status)
		}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
	final   = 0x80
	masked  = 0x80
)

var mask = [4]byte{1, 2, 3, 4}

// write sends one message. A client must mask, and Firefox takes no mask of zeros.
func (s *socket) write(op byte, message []byte) error {
	frame := []byte{final | op}
	switch n := len(message); {
	case n < 126:
		frame = append(frame, masked|byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, masked|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, masked|127), uint64(n))
	}
	frame = append(frame, mask[:]...)
	for i, b := range message {
		frame = append(frame, b^mask[i%4])
	}
	_, err := s.conn.Write(frame)
	return err
}

// read returns the next message. It answers pings, which nobody sends while nobody reads.
func (s *socket) read() (message []byte, err error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(s.in, head[:]); err != nil {
			return nil, err
		}
		n := uint64(head[1])
		switch n {
		case 126:
			var long uint16
			err = binary.Read(s.in, binary.BigEndian, &long)
			n = uint64(long)
		case 127:
			err = binary.Read(s.in, binary.BigEndian, &n)
		}
		if err != nil {
			return nil, err
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(s.in, part); err != nil {
			return nil, err
		}
		switch op := head[0] & 0xf; {
		case op == opClose:
			return nil, fmt.Errorf("the browser closed the connection: %q", part)
		case op == opPing:
			if err := s.write(opPong, part); err != nil {
				return nil, err
			}
		case op <= opText: // or what continues it
			if message = append(message, part...); head[0]&final != 0 {
				return message, nil
			}
		}
	}
}
