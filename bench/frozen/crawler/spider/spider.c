#include <lauxlib.h>
#include <lua.h>

static int version(lua_State *state) {
    lua_pushstring(state, "spider 2.0");
    return 1;
}

int luaopen_spider(lua_State *state) {
    static const luaL_Reg functions[] = {{"version", version}, {NULL, NULL}};
    luaL_newlib(state, functions);
    return 1;
}
