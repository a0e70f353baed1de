package vault

import "github.com/postern-auth/postern/internal/oauth"

// UserInfo implements Port. What comes back isn't kept: it is as new as the question, and the session's user is the one of the ID token.
func (v *Vault) UserInfo(token *Token, subject string) (claims string, refused bool, err error) {
	m, err := v.Metadata()
	if err != nil {
		return "", false, err
	}
	if m.UserinfoEndpoint == "" {
		return "", false, oauth.Fail(oauth.ConfigInvalid, "UserInfo", "the provider's metadata name no userinfo_endpoint")
	}
	server := oauth.Origin(m.UserinfoEndpoint)
	var response *oauth.HTTPResponse
	for again, wanted := false, true; wanted; again = true {
		proof, err := v.Prove("GET", m.UserinfoEndpoint, v.Nonce(server, ""), token.Value)
		if err == nil {
			response, err = v.HTTP.Send(m.UserinfoEndpoint, "", token.Type+" "+token.Value.Reveal(), proof, v.Timeout)
		}
		if err != nil {
			return "", false, err
		}
		v.Nonce(server, response.DPoPNonce)
		wanted = false
		if response.Status == 401 {
			demand, err := oauth.ReadDemand(response.Challenge, token.Type)
			if err == nil && proof != "" {
				wanted, err = demand.WantsNonce(response.DPoPNonce, again)
			}
			if err != nil {
				return "", false, err
			}
		}
	}
	claims, err = oauth.ParseUserInfo(response, subject)
	return claims, response.Status == 401, err
}
