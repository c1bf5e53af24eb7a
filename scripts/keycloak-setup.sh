# The tests' realm through Keycloak's admin REST API; sourced by scripts/keycloak, which sets $url.
# shellcheck shell=sh

realm=myRealm
token=""

# api METHOD PATH [JSON]: the answer on standard output; an error answer ends the script and is shown.
api() {
    method=$1
    path=$2
    shift 2
    [ $# -gt 0 ] && set -- --data-binary "$1"
    curl -sS --fail-with-body --max-time 60 -X "$method" "$url/admin/realms$path" \
        -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@" || {
        echo >&2
        fail "$method /admin/realms$path was refused"
    }
}

exists() {
    curl -fsS -o /dev/null --max-time 60 -H "Authorization: Bearer $token" "$url/admin/realms$1" 2>/dev/null
}

sign_in() {
    answer=$(curl -sS --max-time 60 "$url/realms/master/protocol/openid-connect/token" \
        -d grant_type=password -d client_id=admin-cli -d username=admin -d password=admin)
    token=$(echo "$answer" | jq -r '.access_token // empty')
    [ -n "$token" ] || fail "admin/admin cannot sign in: $(echo "$answer" | jq -r '.error_description // .')"
}

# What the console makes of the steps in the README, with what it fills in by itself. Every switch is named, so that a second
# run puts back what somebody changed. `+` is Keycloak's word for "the valid redirect URIs"; where a client has no client scopes of its own, Keycloak gives it the realm's.
client_json() {
    jq -n --arg id "$1" --arg root "$2" --argjson public "$3" '{
        clientId: $id, name: $id, protocol: "openid-connect", enabled: true, publicClient: $public,
        standardFlowEnabled: true, implicitFlowEnabled: false, directAccessGrantsEnabled: false,
        serviceAccountsEnabled: false, consentRequired: false, fullScopeAllowed: true, frontchannelLogout: true,
        rootUrl: $root, baseUrl: $root, adminUrl: $root, redirectUris: [$root + "*"], webOrigins: [$root | rtrimstr("/")],
        attributes: { "post.logout.redirect.uris": "+" }
    } + if $public then {} else { clientAuthenticatorType: "client-secret", secret: "flask-app-secret" } end'
}

# put_client CLIENT-ID ROOT-URL PUBLIC: leaves its internal id in $client.
put_client() {
    body=$(client_json "$1" "$2" "$3")
    client=$(api GET "/$realm/clients?clientId=$1" | jq -r '.[0].id // empty')
    if [ -n "$client" ]; then
        api PUT "/$realm/clients/$client" "$body"
        return
    fi
    api POST "/$realm/clients" "$body"
    client=$(api GET "/$realm/clients?clientId=$1" | jq -r '.[0].id')
}

# Keycloak puts realm roles into access tokens only, by its client scope `roles`. This mapper, the client's own, puts them into
# ID tokens and nowhere else.
put_roles_mapper() {
    name="realm roles in the ID token"
    body=$(jq -n --arg name "$name" '{
        name: $name, protocol: "openid-connect", protocolMapper: "oidc-usermodel-realm-role-mapper",
        config: {
            "claim.name": "realm_access.roles", "jsonType.label": "String", multivalued: "true",
            "id.token.claim": "true", "access.token.claim": "false", "userinfo.token.claim": "false",
            "introspection.token.claim": "false"
        }
    }')
    mappers=/$realm/clients/$client/protocol-mappers/models
    mapper=$(api GET "$mappers" | jq -r --arg name "$name" '.[] | select(.name == $name) | .id')
    if [ -n "$mapper" ]; then
        api PUT "$mappers/$mapper" "$(echo "$body" | jq --arg id "$mapper" '. + { id: $id }')"
    else
        api POST "$mappers" "$body"
    fi
}

# put_user NAME FIRST-NAME LAST-NAME: leaves the internal id in $user. The password is the name.
put_user() {
    body=$(jq -n --arg name "$1" --arg first "$2" --arg last "$3" '{
        username: $name, firstName: $first, lastName: $last, email: ($name + "@example.com"), emailVerified: true,
        enabled: true, requiredActions: []
    }')
    user=$(api GET "/$realm/users?exact=true&username=$1" | jq -r '.[0].id // empty')
    if [ -n "$user" ]; then
        api PUT "/$realm/users/$user" "$body"
    else
        api POST "/$realm/users" "$body"
        user=$(api GET "/$realm/users?exact=true&username=$1" | jq -r '.[0].id')
    fi
    api PUT "/$realm/users/$user/reset-password" \
        "$(jq -n --arg password "$1" '{ type: "password", value: $password, temporary: false }')"
}

setup() {
    sign_in
    body=$(jq -n --arg realm $realm '{ realm: $realm, enabled: true, sslRequired: "external" }')
    if exists "/$realm"; then
        api PUT "/$realm" "$body"
    else
        api POST "" "$body"
    fi

    put_client flask-app http://localhost:5000/ true
    put_client flask-app-roles http://localhost:5000/ true
    put_roles_mapper
    put_client flask-app-elsewhere http://localhost:9999/ true
    put_client flask-app-confidential http://localhost:5000/ false

    exists "/$realm/roles/admin" || api POST "/$realm/roles" '{ "name": "admin" }'
    role=$(api GET "/$realm/roles/admin" | jq '[.]')
    put_user alice Alice Anderson
    api POST "/$realm/users/$user/role-mappings/realm" "$role"
    put_user bob Bob Brown
    api DELETE "/$realm/users/$user/role-mappings/realm" "$role"

    say "$url/realms/$realm is set up"
    say "  clients flask-app (public), flask-app-roles (roles in the ID token), flask-app-elsewhere (patterns that do not fit),"
    say "          flask-app-confidential (secret flask-app-secret)"
    say "  users   alice/alice (role admin), bob/bob"
}
