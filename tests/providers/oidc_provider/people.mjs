// Who can sign in: alice and bob, whose passwords are their names.

const PEOPLE = { alice: 'Alice Anderson', bob: 'Bob Brown' };

export const mayEnter = (name, password) => Object.hasOwn(PEOPLE, name) && password === name;

/** What this provider knows of a user; it gives a client the claims of the scopes it has. */
export const findAccount = async (_context, id) => Object.hasOwn(PEOPLE, id) ? {
  accountId: id,
  claims: async () => ({
    sub: id,
    name: PEOPLE[id],
    preferred_username: id,
    email: `${id}@example.com`,
    email_verified: true,
  }),
} : undefined;
