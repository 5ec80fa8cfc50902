/** Under this token a Nest application offers its `Database`. */
export const DATABASE = Symbol('DATABASE');
