# The runtime: engines, outside libraries, and the one archive that compiled flows link.
include(GNUInstallDirs)

pdc_external(runtime/store/postgres pq libpq-fe.h "") # both clients are loaded when a URL asks for them
pdc_external(runtime/store/duckdb duckdb duckdb.h "" "${PDC_DUCKDB_DIR}")
pdc_external(runtime/config yaml yaml.h yaml)
pdc_external(runtime/key xxhash xxhash.h xxhash)
pdc_external(runtime/report jansson jansson.h jansson)
pdc_external(runtime/exec/csv z zlib.h z)
pdc_external(runtime/exec/csv zstd zstd.h zstd)
if(TARGET runtime_store_duckdb)
    target_compile_definitions(runtime_store_duckdb PRIVATE PDC_DUCKDB_DIR="${PDC_DUCKDB_DIR}")
    target_link_libraries(runtime_store PUBLIC ${CMAKE_DL_LIBS})
endif()
foreach(room runtime_base runtime_copy)
    if(TARGET ${room})
        target_compile_options(${room} PRIVATE -Wconversion)
    endif()
endforeach()

# libpdc_runtime.a, and what an executable that links it must say besides.
get_property(pdc_rooms GLOBAL PROPERTY PDC_ROOMS)
set(pdc_runtime_objects "")
foreach(room ${pdc_rooms})
    if(room MATCHES "^runtime_")
        list(APPEND pdc_runtime_objects $<TARGET_OBJECTS:${room}>)
    endif()
endforeach()
set(pdc_link_flags ${pdc_sanitizer_flags})
foreach(library yaml xxhash jansson z zstd)
    if(TARGET ext_${library})
        list(APPEND pdc_link_flags -l${library})
    endif()
endforeach()
list(APPEND pdc_link_flags -ldl -lm -lpthread)
list(JOIN pdc_link_flags " " PDC_LINK_FLAGS)

if(pdc_runtime_objects)
    add_library(pdc_runtime STATIC ${pdc_runtime_objects})
    set_target_properties(pdc_runtime PROPERTIES LINKER_LANGUAGE C
                          ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/pdc")
    install(TARGETS pdc_runtime ARCHIVE DESTINATION lib/pdc)
endif()

# The public headers, under build/include/pdc as in an installation (a link: always the present text).
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/include")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/runtime/flow/pdc" "${CMAKE_BINARY_DIR}/include/pdc" SYMBOLIC)
install(DIRECTORY runtime/flow/pdc DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
